"""What a change must keep: references, rights, rules over the whole desk."""
