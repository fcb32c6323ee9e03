"""Two clones that meet: what their desks come to, as a pure function of three trees."""
