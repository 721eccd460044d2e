"""The rent system's side: its generic files, its profiles, the register, matching, codes and rent weeks."""
