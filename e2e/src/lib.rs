//! Browser journeys; see tests/.
