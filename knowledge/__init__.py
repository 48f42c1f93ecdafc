"""What is true, and the arithmetic on it. Imports nothing of ours."""
