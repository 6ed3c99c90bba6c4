"""What is measured: one script a figure; each says at its top what it does and how to run it."""
