package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"verso/etl"
	"verso/olap/lineage"
	"verso/olap/warehouse"
)

// resumable says what a refresh must have in common with one that died to go on
// from it, and how the draft is found again.
func (j *refreshJob) resumable(o *etl.Options) error {
	var err error
	if o.Program, err = thisProgram(); err != nil {
		return err
	}
	sum := sha256.New()
	if dir := userCatalog(j.config); dir != "" {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			fmt.Fprintf(sum, "%q %q\n", path, text)
			return err
		})
		if err != nil {
			return err
		}
	}
	skip := slices.Sorted(slices.Values(j.flags.skip))
	o.Choices = fmt.Sprintf("skip %v, catalog %x", skip, sum.Sum(nil))
	o.Mark = func(ctx context.Context) (string, error) { return j.draft.Mark(ctx) }
	o.Caller = func() (json.RawMessage, error) { return json.Marshal(j.recorded) }
	return nil
}

// thisProgram tells builds of one version apart.
func thisProgram() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	info, err := os.Stat(self)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d bytes of %d", info.Size(), info.ModTime().UnixNano()), nil
}

// takeUp takes up the draft of a refresh that died, where this one can go on
// from it. What was landed for one that had no draft yet is taken up later.
func (j *refreshJob) takeUp(ctx context.Context, o *etl.Options) (bool, error) {
	if j.flags.fresh {
		return false, nil
	}
	r, why := etl.FindResumption(ctx, *o)
	if r != nil && r.Mark != "" {
		var lost *warehouse.LostError
		var err error
		if j.draft, err = j.warehouse.Resume(ctx, r.Mark); errors.As(err, &lost) {
			why = lost.Error() + "; what was landed is used"
			r.OnlyLanded()
		} else if err != nil {
			return false, err
		}
	}
	if why != "" {
		j.log.Info("a refresh died and is not gone on from whole", "because", why)
		o.Anew = why
	}
	if o.Resume = r; r == nil || r.Mark == "" {
		return false, nil
	}
	if len(r.Caller) > 0 && !bytes.Equal(r.Caller, []byte("null")) {
		var recorded []*lineage.Recorder
		if err := json.Unmarshal(r.Caller, &recorded); err != nil {
			return false, errors.Join(err, j.draft.Discard())
		}
		j.recorded = recorded
	}
	if o.Base != nil {
		o.Base.Copied = r.Copied
	}
	j.resumed = true
	j.log.Info("refresh", "kind", "resumed", "run", r.Run, "after", r.Step)
	return true, nil
}
