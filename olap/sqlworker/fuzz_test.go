package sqlworker

import (
	"bytes"
	"testing"
)

// FuzzMessages reads what a worker that is not to be trusted could send.
func FuzzMessages(f *testing.F) {
	shared, err := newShared()
	if err != nil {
		f.Fatal(err)
	}
	defer shared.Close()
	memory, err := mapLent(shared)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("M\x00\x00\x00\x01\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x03abc"))
	f.Add([]byte("M\xff\xff\xff\xff\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00hello"))
	f.Add([]byte("S\x00\x00\x00\x0a{\"rows\":1}"))
	f.Add([]byte("D\x00\x00\x00\x02xy"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := &frameReader{r: bytes.NewReader(text)}
		for {
			m, err := r.message(memory, func(slot uint32) {
				if slot >= slots {
					t.Errorf("slot %d is given back", slot)
				}
			})
			if err != nil {
				break
			}
			for _, b := range m.Body { // all of it can be read
				_ = b
			}
			m.Free()
		}
	})
}
