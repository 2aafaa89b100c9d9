"""How the models that ship with Padharvest are made; never imported by the analysis."""
