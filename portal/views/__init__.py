"""Pages whose content comes from several apps: the home page, people, sources, and what every site needs."""
