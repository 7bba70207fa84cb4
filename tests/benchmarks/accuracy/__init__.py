"""The accuracy bench: data sets, systems and seeds, measured once each and kept in one file of rows."""
