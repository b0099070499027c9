package users

import (
	"testing"
	"time"
)

// FuzzToken finds nobody by anything but a token that was made.
func FuzzToken(f *testing.F) {
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	text, token := NewToken(now.Add(time.Hour))
	old, expired := NewToken(now.Add(-time.Hour))
	file := &File{Users: []User{{Name: "li", Tokens: []Token{token, expired}}}}
	if err := file.index(); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{text, old, "", "verso_", "verso__", text + " ", text[:len(text)-1], "verso_" + token.ID, "verso_" + token.ID + "_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if u := file.Token(s, now); (u != nil) != (s == text) {
			t.Errorf("%q finds %v", s, u)
		}
	})
}
