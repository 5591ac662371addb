"""The demo shop's past: four weeks of conversations that nobody had, so that dashboard and desk are not empty."""
