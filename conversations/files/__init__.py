"""Files that customers and people of the team send along: looked at, kept in the row, given out to be saved only."""
