"""The manual as data: what a page of help holds, and the tables of exit statuses, failures and variables."""
