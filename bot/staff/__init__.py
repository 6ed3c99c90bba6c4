"""The page for staff: what people asked in vain, what is missing, how the bot does."""
