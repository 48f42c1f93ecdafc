"""Applications under way (办件): what was said, decided, produced and handed over."""
