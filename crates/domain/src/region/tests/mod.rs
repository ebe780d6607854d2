//! Tests of region data.
