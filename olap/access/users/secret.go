package users

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of a guess: RFC 9106, second recommended option, 64 MiB and 3 passes.
const (
	passes  = 3
	memory  = 64 * 1024 // KiB
	threads = 4
	keySize = 32

	shortest, longest = 10, 1024 // bytes of a password
)

// hash is the parts of an encoded password hash.
type hash struct {
	passes, memory uint32
	threads        uint8
	salt, key      []byte
}

// Hash is a password as the users file keeps it: argon2id with a random salt, in
// the usual encoding ($argon2id$v=19$m=…,t=…,p=…$salt$key).
func Hash(password string) (string, error) {
	switch {
	case len(password) < shortest:
		return "", fmt.Errorf("the password has %d bytes: it needs at least %d", len(password), shortest)
	case len(password) > longest || !utf8.ValidString(password):
		return "", fmt.Errorf("the password is no text of at most %d bytes", longest)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	h := hash{passes, memory, threads, salt, nil}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(h.of(password))), nil
}

func (h hash) of(password string) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.threads, keySize)
}

// parseHash reads an encoded hash. Costs beyond any use are refused: they would
// let the users file bring the server down.
func parseHash(text string) (h hash, err error) {
	bad := errors.New("is no argon2id hash: verso access add-user writes one")
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, bad
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); n != 3 || err != nil {
		return h, bad
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return h, bad
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) != keySize {
		return h, bad
	}
	if h.memory < 8*1024 || h.memory > 1<<20 || h.passes < 1 || h.passes > 20 || h.threads < 1 {
		return h, bad
	}
	return h, nil
}

// Check reports whether a password is that of a user, nil where the name is
// unknown. It takes as long in either case.
func Check(u *User, password string) bool {
	known := u != nil && u.Password != "" && len(password) <= longest
	h := hash{passes, memory, threads, make([]byte, 16), make([]byte, keySize)}
	if known {
		parsed, err := parseHash(u.Password)
		if known = err == nil; known {
			h = parsed
		}
	}
	if len(password) > longest {
		password = ""
	}
	same := subtle.ConstantTimeCompare(h.of(password), h.key) == 1
	return same && known
}

// tokenPrefix marks tokens, so that one in a wrong place is recognised.
const tokenPrefix = "verso_"

// NewToken makes a token of 256 random bits. The text is shown once; the users
// file keeps its hash.
func NewToken(expires time.Time) (text string, t Token) {
	id, secret := make([]byte, 6), make([]byte, 32)
	_, _ = rand.Read(id) // never fails
	_, _ = rand.Read(secret)
	t = Token{ID: hex.EncodeToString(id), Expires: expires.UTC().Truncate(time.Second)}
	text = tokenPrefix + t.ID + "_" + base64.RawURLEncoding.EncodeToString(secret)
	sum := sha256.Sum256([]byte(text))
	t.SHA256 = hex.EncodeToString(sum[:])
	return text, t
}

// Token finds the user whose token it is; nil for one that is forged, revoked or
// has expired at now.
func (f *File) Token(text string, now time.Time) *User {
	id, _, _ := strings.Cut(strings.TrimPrefix(text, tokenPrefix), "_")
	sum := sha256.Sum256([]byte(text))
	given := []byte(hex.EncodeToString(sum[:]))
	u := f.byToken[id]
	if u == nil || u.Disabled {
		return nil
	}
	for _, t := range u.Tokens {
		if t.ID == id && subtle.ConstantTimeCompare(given, []byte(t.SHA256)) == 1 && now.Before(t.Expires) {
			return u
		}
	}
	return nil
}
