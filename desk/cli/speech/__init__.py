"""In which language a run speaks: its help, its questions, and click's own words."""
