// Placeholder: replaced before the first release of this target.
