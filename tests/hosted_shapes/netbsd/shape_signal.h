/* sigaction(2): nothing more. */
