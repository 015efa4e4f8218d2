"""Programs that are measured, and the yardsticks beside them."""
