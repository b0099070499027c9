// Package saved keeps the questions and statements that people save, one file
// each.
package saved

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Item is what somebody saved.
type Item struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"` // question, sql, view (a question with how it is shown) or filters
	Title   string          `json:"title"`
	Content json.RawMessage `json:"content"` // the owner's; not interpreted
	Shared  bool            `json:"shared"`  // others may read it
	Owner   string          `json:"owner"`
	Created time.Time       `json:"created"`
	Updated time.Time       `json:"updated"`
	Version int             `json:"version"` // from 1, one more with each change
}

// The limits of what is saved.
const (
	MaxContent = 256 << 10 // bytes
	MaxTitle   = 200       // characters
	MaxItems   = 500       // of one person
)

// NotFoundError is an item that does not exist, or that the person may not see.
type NotFoundError struct{ ID string }

// Error names it.
func (e *NotFoundError) Error() string { return fmt.Sprintf("nothing is saved as %q", e.ID) }

// RefusedError is an item that cannot be saved.
type RefusedError struct{ Why string }

// Error says why.
func (e *RefusedError) Error() string { return e.Why }

// ConflictError is a change of an item that somebody else changed meanwhile.
type ConflictError struct{ Have, Want int }

// Error gives both versions.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("it was changed meanwhile: it is at version %d, the change is of version %d", e.Have, e.Want)
}

// Folder keeps items below a folder. It is safe for many goroutines of one
// process.
type Folder struct {
	dir string
	now func() time.Time
	mu  sync.Mutex
}

// Open keeps items below dir, which is made when the first is saved.
func Open(dir string, now func() time.Time) *Folder { return &Folder{dir: dir, now: now} }

// home is a person's folder: names may hold anything, folders may not.
func (f *Folder) home(person string) string {
	sum := sha256.Sum256([]byte(person))
	return filepath.Join(f.dir, hex.EncodeToString(sum[:12]))
}

var idPattern = regexp.MustCompile(`^[a-z0-9]{26}$`)

// List gives what the person saved, and what others share, by title; without
// the contents.
func (f *Folder) List(person string) ([]Item, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	homes, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return []Item{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("saved: %w", err)
	}
	own := filepath.Base(f.home(person))
	list := []Item{}
	for _, home := range homes {
		items, err := f.read(filepath.Join(f.dir, home.Name()))
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			if home.Name() == own || i.Shared {
				i.Content = nil
				list = append(list, i)
			}
		}
	}
	slices.SortFunc(list, func(a, b Item) int { return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.ID, b.ID)) })
	return list, nil
}

// read gives the items of a folder. Files that are none are passed over.
func (f *Folder) read(home string) (items []Item, err error) {
	names, err := filepath.Glob(filepath.Join(home, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("saved: %w", err)
	}
	for _, name := range names {
		if i, err := readItem(name); err == nil {
			items = append(items, *i)
		}
	}
	return items, nil
}

func readItem(name string) (*Item, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var i Item
	if err := json.Unmarshal(data, &i); err != nil {
		return nil, err
	}
	return &i, nil
}

// Get gives an item that the person may read.
func (f *Folder) Get(person, id string) (*Item, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.get(person, id)
}

func (f *Folder) get(person, id string) (*Item, error) {
	if !idPattern.MatchString(id) {
		return nil, &NotFoundError{id}
	}
	if i, err := readItem(filepath.Join(f.home(person), id+".json")); err == nil {
		return i, nil
	}
	found, err := filepath.Glob(filepath.Join(f.dir, "*", id+".json"))
	if err != nil || len(found) != 1 {
		return nil, &NotFoundError{id}
	}
	i, err := readItem(found[0])
	if err != nil || !i.Shared {
		return nil, &NotFoundError{id}
	}
	return i, nil
}

// Create saves a new item of the person and gives it its ID.
func (f *Folder) Create(person string, i Item) (*Item, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	have, err := f.read(f.home(person))
	if err != nil {
		return nil, err
	}
	if len(have) >= MaxItems {
		return nil, &RefusedError{fmt.Sprintf("%d items are saved already, which is the most: delete some", len(have))}
	}
	i.ID, i.Owner, i.Version = strings.ToLower(rand.Text()), person, 1
	i.Created = f.now().UTC().Truncate(time.Second)
	i.Updated = i.Created
	return &i, f.write(i)
}

// Update replaces title, kind, content and sharing of an item of the person's
// own; version is the one that the change was made of, 0 for whichever.
func (f *Folder) Update(person, id string, version int, change Item) (*Item, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, err := f.own(person, id)
	if err != nil {
		return nil, err
	}
	if version != 0 && version != i.Version {
		return nil, &ConflictError{Have: i.Version, Want: version}
	}
	i.Kind, i.Title, i.Content, i.Shared = change.Kind, change.Title, change.Content, change.Shared
	i.Version++
	i.Updated = f.now().UTC().Truncate(time.Second)
	return i, f.write(*i)
}

// own is an item that the person may change.
func (f *Folder) own(person, id string) (*Item, error) {
	i, err := f.get(person, id)
	if err != nil {
		return nil, err
	}
	if i.Owner != person {
		return nil, &RefusedError{"it is somebody else's: save your own copy"}
	}
	return i, nil
}

// Delete removes an item of the person's own.
func (f *Folder) Delete(person, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, err := f.own(person, id)
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(f.home(person), i.ID+".json")); err != nil {
		return fmt.Errorf("saved: %w", err)
	}
	return nil
}

// write puts an item into its file in one rename.
func (f *Folder) write(i Item) error {
	if err := check(i); err != nil {
		return err
	}
	data, err := json.Marshal(i)
	if err != nil {
		return &RefusedError{"the content is no JSON"}
	}
	home := f.home(i.Owner)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("saved: %w", err)
	}
	temporary, err := os.CreateTemp(home, ".new-*")
	if err != nil {
		return fmt.Errorf("saved: %w", err)
	}
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), filepath.Join(home, i.ID+".json"))
	}
	if err != nil {
		return fmt.Errorf("saved: %w", errors.Join(err, os.Remove(temporary.Name())))
	}
	return nil
}

// check refuses what may not be saved.
func check(i Item) error {
	switch {
	case !slices.Contains([]string{"question", "sql", "view", "filters"}, i.Kind):
		return &RefusedError{fmt.Sprintf("kind %q: question, sql, view or filters", i.Kind)}
	case !utf8.ValidString(i.Title), !utf8.Valid(i.Content):
		return &RefusedError{"title and content must be UTF-8"}
	case strings.TrimSpace(i.Title) == "":
		return &RefusedError{"give it a title"}
	case utf8.RuneCountInString(i.Title) > MaxTitle:
		return &RefusedError{fmt.Sprintf("the title has more than %d characters", MaxTitle)}
	case strings.ContainsFunc(i.Title, unicode.IsControl):
		return &RefusedError{"the title holds control characters"}
	case len(i.Content) > MaxContent:
		return &RefusedError{fmt.Sprintf("the content has more than %d bytes", MaxContent)}
	case len(i.Content) == 0 || !json.Valid(i.Content):
		return &RefusedError{"the content is no JSON"}
	}
	return nil
}
