//! Place of a contract.
