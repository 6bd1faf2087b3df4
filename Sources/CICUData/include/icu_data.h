/* Nothing is called here; the linker alone wants what is in icu_data.c. */
