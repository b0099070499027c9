package gate

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// savedEvery is how often the last use of sessions is written down. A restart
// forgets so much of it.
const savedEvery = time.Minute

// shelf is the file of the sessions, for its owner alone. It holds hashes of their
// names: whoever reads it cannot take a session over.
type shelf struct {
	path string    // "": none
	at   time.Time // written last
}

// savedSession is a session as it stands in the file.
type savedSession struct {
	ID       string    `json:"id"` // hash of what the browser has, in hex
	User     string    `json:"user"`
	Password string    `json:"password"` // fingerprint
	By       string    `json:"by"`
	As       string    `json:"as,omitempty"`
	Begun    time.Time `json:"begun"`
	Used     time.Time `json:"used"`
}

// read gives the sessions of the file; none where there is no file.
func (f *shelf) read() (map[[32]byte]*session, error) {
	if f.path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var list []savedSession
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	kept := map[[32]byte]*session{}
	for _, x := range list {
		id, err := hex.DecodeString(x.ID)
		if err != nil || len(id) != 32 {
			return nil, fmt.Errorf("%s: a session has no name", f.path)
		}
		kept[[32]byte(id)] = &session{user: x.User, password: x.Password, by: x.By, as: x.As, begun: x.Begun, used: x.Used}
	}
	return kept, nil
}

// write puts a new file in the place of the old one.
func (f *shelf) write(kept map[[32]byte]*session, now time.Time) error {
	f.at = now
	if f.path == "" {
		return nil
	}
	list := make([]savedSession, 0, len(kept))
	for id, x := range kept {
		list = append(list, savedSession{hex.EncodeToString(id[:]), x.user, x.password, x.by, x.as, x.begun, x.used})
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(f.path), ".sessions-") // mode 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(text)
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}
