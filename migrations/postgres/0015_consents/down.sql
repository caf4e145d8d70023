DROP TABLE member_consents;
DROP TABLE consent_texts;
