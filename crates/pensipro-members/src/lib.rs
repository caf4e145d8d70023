//! Members, their contacts, bank accounts and documents.
