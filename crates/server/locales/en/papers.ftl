# Papers of registration
paper-docx = Download DOCX
paper-no-origin = No public address (public_origin) is configured, so there is no QR code to verify it by.
papers-title = Papers
papers-none = No paper can be made yet.
