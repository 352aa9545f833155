"""How the small models that the repository carries were trained. torch lives here; nothing at run time imports it."""
