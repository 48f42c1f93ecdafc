"""What happens when the policy has decided: the interview, questions about a plan, the form, the reply."""
