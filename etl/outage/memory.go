package outage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"verso/etl/source"
)

// Memory is the folder, inside the warehouse, of what describes the last landing
// of every extract.
type Memory string

// In is the memory of a warehouse folder.
func In(warehouse string) Memory { return Memory(filepath.Join(warehouse, "last")) }

func (m Memory) path(extract string) string {
	return filepath.Join(string(m), url.PathEscape(extract)+".json")
}

// Landed describes the last landing of an extract, so that a later run can use
// it as if it had just been read.
type Landed struct {
	File    string        `json:"file"` // Parquet file, by its name in the extract's landing folder
	Rejects bool          `json:"rejects,omitempty"`
	RunID   string        `json:"run_id"`
	AsOf    string        `json:"as_of"` // of the run that read it from the source
	SQL     string        `json:"sql,omitempty"`
	SHA256  string        `json:"sha256"`
	Report  source.Report `json:"report"`
}

// Remember writes the description of an extract's last landing, durable, in
// place of the one before.
func (m Memory) Remember(extract string, l Landed) error {
	text, err := json.MarshalIndent(l, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(m), 0o777); err != nil {
		return err
	}
	path := m.path(extract)
	f, err := os.OpenFile(path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// Recall links the last landing of an extract, out of its landing folder, to
// path, where a run lands it, and describes it. sql must be what was asked then: the answer to another question
// is no substitute.
func (m Memory) Recall(extract, dir, sql, path string) (*Landed, error) {
	text, err := os.ReadFile(m.path(extract))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("nothing was landed before")
	}
	if err != nil {
		return nil, err
	}
	var l Landed
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, fmt.Errorf("%s: %w", m.path(extract), err)
	}
	if l.SQL != sql {
		return nil, errors.New("its SELECT has changed since it was landed last")
	}
	if !filepath.IsLocal(l.File) {
		return nil, fmt.Errorf("%s names no file of its folder", m.path(extract))
	}
	last := filepath.Join(dir, l.File)
	if err := place(last, path); err != nil {
		return nil, err
	}
	if l.Rejects {
		if err := place(source.RejectsPath(last), source.RejectsPath(path)); err != nil {
			return nil, err
		}
	}
	return &l, nil
}

// place gives a landed file a second name. Landed files never change, so both
// names may stand for one file.
func place(from, to string) error {
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Link(from, to)
}
