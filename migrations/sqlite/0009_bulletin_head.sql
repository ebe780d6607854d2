-- The heads of bulletins, which lists read. In the table they stand behind frozen contents of megabytes, and SQLite walks
-- through all pages of a content to reach what follows it.
CREATE INDEX bulletin_head ON bulletin (signed_on, as_of, bulletin_id, kind, period, status, title, region_version_id,
  method_version, growth_base, document_number, signer, tree_head, content_sha256);
