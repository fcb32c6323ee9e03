"""Mail that comes in: which ticket it joins, who may write, and what becomes of it."""
