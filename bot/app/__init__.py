"""What `python -m bot` does with the real thing: it builds the parts, joins them and runs them."""
