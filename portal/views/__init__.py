"""Pages with content from several apps: home, people, sources and statistics. Also files such as robots.txt."""
