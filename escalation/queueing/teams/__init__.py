"""Teams, who sits in them and what their members can do: set up by managers."""
