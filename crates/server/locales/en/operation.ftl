# Answers of the layers: busy, too slow, too large, failed
operation-busy = Too many people are using this at once
operation-busy-next = Try again in a few seconds; nothing that you typed was submitted.
operation-too-slow = This took too long and was stopped
operation-too-slow-next = Open the page concerned and check whether it took effect before you try again.
operation-too-large = What was sent is too large
operation-too-large-next = Make the file smaller or send it in parts.
operation-failed = The program failed
operation-failed-next = Tell the administrator the number below; it finds the cause in the log.
operation-number = Number
