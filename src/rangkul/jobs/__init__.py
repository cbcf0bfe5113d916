"""Work after the page: load, call one operation, done."""
