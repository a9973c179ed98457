// A target whose only source skips the precompiled header never builds it: this source is there to need it.
