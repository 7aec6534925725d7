"""Pages with content from several apps: home, people, sources and statistics; also files such as robots.txt."""
