//! A recorded host, read from one text file.
