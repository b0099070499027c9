// Package resume keeps what a refresh needs to be continued when its process
// dies: one small file in the warehouse folder, replaced after every step. A
// refresh that ends by itself, well or badly, removes it.
package resume

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"verso/etl/landing"
)

// File is the name of the record inside the warehouse folder.
const File = "resume.json"

// form is the number of the form of a record: one of another form is not used.
const form = 1

// Stands is all that the steps of a refresh depend on besides what they hand to
// each other: when any of it is another, nothing of a dead run is used.
type Stands struct {
	Version string `json:"version"` // of verso
	Program string `json:"program"` // which build of it
	Config  string `json:"config"`  // digest of the configuration, whole
	Choices string `json:"choices"` // what was chosen on the command line
	Base    string `json:"base"`    // the published generation
}

// differs says what of it is another now; "" for nothing.
func (s Stands) differs(now Stands) string {
	switch {
	case s.Version != now.Version:
		return fmt.Sprintf("it was verso %s, this is %s", s.Version, now.Version)
	case s.Program != now.Program:
		return "it was another build of verso"
	case s.Config != now.Config:
		return "the configuration has changed"
	case s.Choices != now.Choices:
		return "it was asked for something else on the command line"
	case s.Base != now.Base:
		return fmt.Sprintf("the published generation was %s, it is %s", orNone(s.Base), orNone(now.Base))
	}
	return ""
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// Record is how far a refresh has come.
type Record struct {
	Form   int             `json:"form"`
	Run    string          `json:"run"` // its id in the ledger
	Stands Stands          `json:"stands"`
	Copied bool            `json:"copied"`         // the draft began as a copy of the base
	Oldest time.Time       `json:"oldest"`         // when the first landing that counts began
	Step   string          `json:"step,omitempty"` // the last finished step that can be gone on from; "": landing
	Mark   string          `json:"mark,omitempty"` // of the draft after Step; "" before it holds anything
	State  json.RawMessage `json:"state"`          // what the steps hand to each other
	Caller json.RawMessage `json:"caller,omitempty"`
}

// Write replaces the record of a warehouse folder: a crash leaves the old one or
// the new one. It may hold figures of the business, so others cannot read it.
func (r *Record) Write(warehouse string) error {
	r.Form = form
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	path := filepath.Join(warehouse, File)
	f, err := os.OpenFile(path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".tmp"))
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return err
	}
	return landing.SyncDir(warehouse)
}

// Remove forgets what a warehouse folder says of a refresh.
func Remove(warehouse string) error {
	for _, name := range []string{File, File + ".tmp"} {
		if err := os.Remove(filepath.Join(warehouse, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Find reads the record that a dead refresh left; nil where there is none, or
// where it cannot be used now: why says why. Landings may be as old as within.
func Find(warehouse string, now Stands, at time.Time, within time.Duration) (r *Record, why string) {
	text, err := os.ReadFile(filepath.Join(warehouse, File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ""
	}
	if err != nil {
		return nil, err.Error()
	}
	r = &Record{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Sprintf("%s cannot be read: %v", File, err)
	}
	if r.Form != form {
		return nil, fmt.Sprintf("%s is of form %d, this verso knows form %d", File, r.Form, form)
	}
	if why := r.Stands.differs(now); why != "" {
		return nil, why
	}
	if why := age(r.Oldest, at, within); why != "" {
		return nil, why
	}
	return r, ""
}

// age says why what was landed at a moment is not used; "" when it is.
func age(landed, at time.Time, within time.Duration) string {
	switch {
	case landed.IsZero():
		return ""
	case landed.After(at):
		return "its landing is dated in the future: the clock was set back"
	case at.Sub(landed) > within:
		return fmt.Sprintf("its landing is %s old, night: resume_within is %s", at.Sub(landed).Round(time.Second), within)
	}
	return ""
}
