"""Words to labels: language, category, severity words, facts. The only home of spaCy."""
