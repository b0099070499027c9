package users

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBadFiles(t *testing.T) {
	hash := "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43)
	for _, x := range []struct{ text, message string }{
		{"users: [{name: a, passwort: secretsecret}]", "unknown key"},
		{"users: 3", "not a users file"},
		{"[", "not a users file"},
		{"users: [{name: a, roles: [x]}, {name: A, roles: [x]}]", "twice"},
		{"users: [{name: 'a b'}]", "cannot be a user's name"},
		{"users: [{name: '{me}'}]", "cannot be a user's name"},
		{"users: [{name: a, password: secretsecret}]", "no argon2id hash"},
		{"users: [{name: a, password: '" + strings.Replace(hash, "m=65536", "m=4294967295", 1) + "'}]", "no argon2id hash"},
		{"users: [{name: a, password: '" + strings.Replace(hash, "t=3", "t=0", 1) + "'}]", "no argon2id hash"},
		{"users: [{name: a, password: '$2a$10$abcdefghijklmnopqrstuv'}]", "no argon2id hash"},
		{"users: [{name: a, tokens: [{id: x, sha256: short, expires: 2027-01-01}]}]", "no hash"},
	} {
		path := filepath.Join(t.TempDir(), "users.yaml")
		if err := os.WriteFile(path, []byte(x.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), x.message) {
			t.Errorf("%s: %v, want %q", x.text, err, x.message)
		}
		if err != nil && strings.Contains(err.Error(), "secretsecret") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
	path := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(path, []byte("users: [{name: a, password: '"+hash+"'}]"), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that the group can read: %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err != nil {
		t.Error(err)
	}
}

func TestPasswords(t *testing.T) {
	hash, err := Hash("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	u := &User{Name: "li", Password: hash}
	for text, want := range map[string]bool{"correct horse": true, "correct horse ": false, "": false, strings.Repeat("x", 5000): false} {
		if Check(u, text) != want {
			t.Errorf("%.20q is right: %v", text, !want)
		}
	}
	if Check(nil, "correct horse") || Check(&User{}, "") || Check(&User{Password: "broken"}, "") {
		t.Error("nobody is let in without a hash")
	}
	for _, bad := range []string{"short", strings.Repeat("x", 2000), "not \xff text at all"} {
		if _, err := Hash(bad); err == nil {
			t.Errorf("%.20q is taken for a password", bad)
		}
	}
}

func TestTokens(t *testing.T) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	text, token := NewToken(now.Add(time.Hour))
	f := &File{Users: []User{{Name: "li", Tokens: []Token{token}}}}
	path := filepath.Join(t.TempDir(), "users.yaml")
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Token(text, now) == nil || f.Token(text, now.Add(time.Hour)) != nil || f.Token(text+"x", now) != nil || f.Token("", now) != nil {
		t.Error("the token lets in at the wrong time, or another one does")
	}
	watched := Watch(path)
	if f, err := watched(); err != nil || f.User("LI") == nil {
		t.Error("the user is not found")
	}
	if err := Change(path, func(f *File) error { f.Users[0].Disabled = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if f, err := watched(); err != nil || f.User("li") != nil || f.Token(text, now) != nil {
		t.Error("a user who was disabled is let in")
	}
	if err := os.WriteFile(path, []byte("broken: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := watched(); err == nil || f != nil {
		t.Error("a broken file lets in who was known before")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("users: [{name: a, roles: [x], tokens: [{id: x, sha256: y, expires: 2027-01-01}]}]")
	f.Fuzz(func(t *testing.T, text string) {
		if file, err := parse([]byte(text)); err == nil && file.Token("", time.Time{}) != nil {
			t.Error("no token lets in")
		}
	})
}
