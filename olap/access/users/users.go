// Package users keeps who may be let in: a file of names, hashes of passwords and
// of tokens, roles and attributes.
package users

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/goccy/go-yaml"

	"verso/olap/access"
)

// User is a line of the users file.
type User struct {
	Name       string              `yaml:"name"`
	Password   string              `yaml:"password,omitempty"` // argon2id, as Hash writes it; "": none, only tokens and proxies let in
	Roles      []string            `yaml:"roles,flow"`
	Attributes map[string][]string `yaml:"attributes,omitempty"`
	Admin      bool                `yaml:"admin,omitempty"`    // sees everything, may look through the eyes of others
	Disabled   bool                `yaml:"disabled,omitempty"` // is let in no more
	Tokens     []Token             `yaml:"tokens,omitempty"`
}

// Token lets a program in as a user.
type Token struct {
	ID      string    `yaml:"id"`     // part of the token that is no secret
	SHA256  string    `yaml:"sha256"` // of the whole token, in hex
	Expires time.Time `yaml:"expires"`
}

// Person is the user as the policy sees them.
func (u User) Person(by string) access.Person {
	roles := slices.Clone(u.Roles)
	slices.Sort(roles)
	return access.Person{Name: u.Name, Roles: roles, Attributes: u.Attributes, Admin: u.Admin, By: by}
}

// File is a users file in memory. It is not changed once loaded.
type File struct {
	Users []User `yaml:"users"`

	byName  map[string]*User
	byToken map[string]*User
}

// Error is a users file that cannot be used.
type Error struct {
	Path    string
	Message string
}

// Error names the file.
func (e *Error) Error() string { return e.Path + ": " + e.Message }

// Load reads a users file. It must be readable by its owner only, since hashes of
// passwords can be tried at leisure. A file that is not there is one without users.
func Load(path string) (*File, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &File{}, nil
	}
	if err != nil {
		return nil, &Error{path, err.Error()}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, &Error{path, fmt.Sprintf("others can read it (mode %04o): run chmod 600 %s", mode, path)}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &Error{path, err.Error()}
	}
	f, err := parse(text)
	if err != nil {
		return nil, &Error{path, err.Error()}
	}
	return f, nil
}

// parse reads and checks the text of a users file. Errors never hold a hash.
func parse(text []byte) (f *File, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some malformed tags
			f, err = nil, errors.New("cannot be read as YAML")
		}
	}()
	f = &File{}
	if err := yaml.UnmarshalWithOptions(text, f, yaml.Strict()); err != nil {
		var y yaml.Error
		if errors.As(err, &y) && y.GetToken() != nil {
			at := y.GetToken().Position
			return nil, fmt.Errorf("line %d, column %d: not a users file: unknown key or wrong kind of value", at.Line, at.Column)
		}
		return nil, errors.New("not a users file")
	}
	return f, f.index()
}

// index checks the users and finds them by name and token.
func (f *File) index() error {
	f.byName, f.byToken = map[string]*User{}, map[string]*User{}
	for i := range f.Users {
		u := &f.Users[i]
		if err := CheckName(u.Name); err != nil {
			return err
		}
		if f.byName[fold(u.Name)] != nil {
			return fmt.Errorf("the user %s is there twice", u.Name)
		}
		f.byName[fold(u.Name)] = u
		if u.Password != "" {
			if _, err := parseHash(u.Password); err != nil {
				return fmt.Errorf("the password of %s: %w", u.Name, err)
			}
		}
		for _, t := range u.Tokens {
			if f.byToken[t.ID] != nil || len(t.SHA256) != 64 || t.Expires.IsZero() {
				return fmt.Errorf("a token of %s has no hash or no expiry, or its id is there twice", u.Name)
			}
			f.byToken[t.ID] = u
		}
	}
	return nil
}

// fold is a name as it is compared: capitals make no other user.
func fold(name string) string { return strings.ToLower(name) }

// CheckName refuses names that cannot be written in a log or a header.
func CheckName(name string) error {
	bad := func(r rune) bool { return r < 0x21 || r == 0x7f || strings.ContainsRune(`:,;"'<>&\/`, r) }
	if name == "" || len(name) > 100 || strings.ContainsFunc(name, bad) || strings.HasPrefix(name, "{") {
		return fmt.Errorf("%q cannot be a user's name: no blanks, no : , ; quotes, slashes or < >, and no more than 100 bytes", name)
	}
	return nil
}

// User finds a user who may be let in, by name; nil where there is none.
func (f *File) User(name string) *User {
	u := f.byName[fold(name)]
	if u == nil || u.Disabled {
		return nil
	}
	return u
}

// Save writes a users file, readable by its owner only, so that a crash leaves
// either the old text or the new one.
func (f *File) Save(path string) error {
	if err := f.index(); err != nil {
		return &Error{path, err.Error()}
	}
	var b bytes.Buffer
	b.WriteString("# Users of verso: verso access add-user, token and list change and show it.\n")
	text, err := yaml.Marshal(f)
	if err != nil {
		return &Error{path, err.Error()}
	}
	b.Write(text)
	temporary, err := os.CreateTemp(filepath.Dir(path), ".users-") // mode 0600
	if err != nil {
		return &Error{path, err.Error()}
	}
	_, err = temporary.Write(b.Bytes())
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return &Error{path, errors.Join(err, os.Remove(temporary.Name())).Error()}
	}
	return nil
}

// Change loads a users file, changes it and saves it, one process at a time.
func Change(path string, change func(*File) error) (err error) {
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return &Error{path, err.Error()}
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return &Error{path, err.Error()}
	}
	f, err := Load(path)
	if err != nil {
		return err
	}
	if err := change(f); err != nil {
		return err
	}
	return f.Save(path)
}

// Put adds a user, or takes the place of the one of that name.
func (f *File) Put(u User) {
	for i := range f.Users {
		if fold(f.Users[i].Name) == fold(u.Name) {
			f.Users[i] = u
			return
		}
	}
	f.Users = append(f.Users, u)
}

// Watch gives the users of a file as it is at each call; it is read again when it
// has changed.
func Watch(path string) func() (*File, error) {
	var mu sync.Mutex
	var known *File
	var seen string
	return func() (*File, error) {
		mu.Lock()
		defer mu.Unlock()
		now := ""
		if info, err := os.Stat(path); err == nil {
			now = fmt.Sprint(info.ModTime().UnixNano(), info.Size(), info.Mode())
			if sys, ok := info.Sys().(*syscall.Stat_t); ok {
				now += fmt.Sprint(" ", sys.Ino)
			}
		}
		if known != nil && now == seen {
			return known, nil
		}
		f, err := Load(path)
		if err != nil {
			known = nil // never the users of before: one may have been taken out
			return nil, err
		}
		known, seen = f, now
		return f, nil
	}
}
