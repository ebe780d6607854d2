-- On SQLite lists read the heads of bulletins from an index; here long contents stand apart from their rows by themselves.
SELECT 1;
