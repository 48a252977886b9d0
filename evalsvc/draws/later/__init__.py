"""Lists of a draw's last stage that are made when their villages are drawn: bound one by one, then drawn from."""
