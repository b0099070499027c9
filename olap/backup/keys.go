package backup

import (
	"fmt"
	"os"
	"strings"

	"filippo.io/age"
)

// The environment variables that hold keys. Keys are never in verso.yaml.
const (
	RecipientVariable    = "VERSO_BACKUP_RECIPIENT"     // public keys age1…, with commas: encrypts
	IdentityVariable     = "VERSO_BACKUP_IDENTITY"      // secret key AGE-SECRET-KEY-1…: decrypts
	IdentityFileVariable = "VERSO_BACKUP_IDENTITY_FILE" // file of secret keys
	PassphraseVariable   = "VERSO_BACKUP_PASSPHRASE"    // instead of keys: encrypts and decrypts
)

// Recipients are who may open a backup, by the environment: public keys, else
// the passphrase.
func Recipients(env func(string) (string, bool)) ([]age.Recipient, error) {
	if keys, ok := env(RecipientVariable); ok && keys != "" {
		var out []age.Recipient
		for _, key := range strings.FieldsFunc(keys, func(r rune) bool { return r == ',' || r == ' ' }) {
			r, err := age.ParseX25519Recipient(key)
			if err != nil {
				return nil, fmt.Errorf("%s: want public keys like age1…: %w", RecipientVariable, err)
			}
			out = append(out, r)
		}
		return out, nil
	}
	if phrase, ok := env(PassphraseVariable); ok && phrase != "" {
		r, err := age.NewScryptRecipient(phrase)
		return []age.Recipient{r}, err
	}
	return nil, fmt.Errorf("no key to encrypt with: set %s to a public key (make one with age-keygen), or %s", RecipientVariable, PassphraseVariable)
}

// Identities are the keys in the environment that can open a backup; none is no
// error, a plain backup needs none.
func Identities(env func(string) (string, bool)) ([]age.Identity, error) {
	var out []age.Identity
	if key, ok := env(IdentityVariable); ok && key != "" {
		id, err := age.ParseX25519Identity(strings.TrimSpace(key))
		if err != nil {
			return nil, fmt.Errorf("%s: want a secret key like AGE-SECRET-KEY-1…: %w", IdentityVariable, err)
		}
		out = append(out, id)
	}
	if file, ok := env(IdentityFileVariable); ok && file != "" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", IdentityFileVariable, err)
		}
		defer f.Close()
		ids, err := age.ParseIdentities(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", IdentityFileVariable, file, err)
		}
		out = append(out, ids...)
	}
	if phrase, ok := env(PassphraseVariable); ok && phrase != "" {
		id, err := age.NewScryptIdentity(phrase)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}
