"""Statistical detectors: what stands out over the whole record, as leads with an explanation and an expected rate of false ones."""
