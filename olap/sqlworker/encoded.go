package sqlworker

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// Encoded is a result as encoded Arrow IPC messages, for who hands them on
// without looking into them. It is read and released as a [Result] is.
type Encoded struct {
	schema  *arrow.Schema
	work    *work
	memory  *lent
	message Message
	err     error
	done    bool
}

// Message is an encoded dictionary or record batch.
type Message struct {
	Header []byte // the flatbuffer
	Body   []byte // to be read as long as the message is held and not freed
	Free   func() // gives the body's memory back, once; safe from any goroutine
	Rows   int64  // of the result up to the end of this message
}

// RunEncoded is [Run] for a result that stays encoded.
func RunEncoded(ctx context.Context, r Request) (*Encoded, error) {
	r.encoded = true
	r, err := r.complete()
	if err != nil {
		return nil, err
	}
	w, err := start(r.file())
	if err != nil {
		return nil, err
	}
	if err := w.ask(ctx, r); err != nil {
		return nil, err
	}
	return w.encoded()
}

// RunEncoded is the function [RunEncoded], by a worker that waits where there is one.
func (p *Pool) RunEncoded(ctx context.Context, r Request) (*Encoded, error) {
	r.encoded = true
	w, err := p.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	return w.encoded()
}

// encoded reads the head of the answer: the first message is the schema.
func (w *work) encoded() (*Encoded, error) {
	e := &Encoded{work: w}
	var err error
	if e.memory, err = mapLent(w.shared); err != nil {
		return nil, errors.Join(err, w.finish(err))
	}
	if !e.Next() {
		return nil, cmp.Or(e.err, errors.New("sqlworker: the worker sent no schema"))
	}
	stream := binary.LittleEndian.AppendUint32([]byte{0xff, 0xff, 0xff, 0xff}, uint32(len(e.message.Header)))
	reader, err := ipc.NewReader(bytes.NewReader(append(stream, e.message.Header...)))
	if err != nil {
		return nil, errors.Join(err, w.finish(err))
	}
	defer reader.Release()
	e.schema = reader.Schema()
	return e, nil
}

// Schema is of the whole result.
func (e *Encoded) Schema() *arrow.Schema { return e.schema }

// Next moves to the next message.
func (e *Encoded) Next() bool {
	if e.done {
		return false
	}
	m, err := e.work.frames.message(e.memory, e.work.giveBack)
	if err == nil {
		e.message = m
		return true
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	e.done, e.message = true, Message{}
	e.err = e.work.finish(err)
	return false
}

// Message is the one that Next moved to. Its receiver frees it.
func (e *Encoded) Message() Message { return e.message }

// Err is nil after the last message of a whole (or announcedly cut) result.
func (e *Encoded) Err() error { return e.err }

// Release ends the worker. Messages that were not freed stay readable.
func (e *Encoded) Release() {
	e.done = true
	e.work.stop()
}

// giveBack tells the worker that a slot is free.
func (w *work) giveBack(slot uint32) {
	_, _ = w.stdin.Write([]byte{byte(slot)}) // a worker that is gone needs none
}

// messageHead is what stands before a message: the slot of its body (or inline,
// after the message), the body's length, rows so far and the length of the header.
const (
	messageHead = 4 + 4 + 8 + 4
	inline      = 1<<32 - 1
	maxHeader   = 64 << 20
)

// message reads a message frame; io.EOF at the status frame.
func (f *frameReader) message(shared *lent, giveBack func(uint32)) (m Message, err error) {
	var head [1 + messageHead]byte
	if f.status != nil {
		return m, io.EOF
	}
	if _, err := io.ReadFull(f.r, head[:1]); err != nil {
		return m, io.ErrUnexpectedEOF
	}
	if head[0] == statusFrame {
		if err := f.readStatus(); err != nil {
			return m, err
		}
		return m, io.EOF
	}
	if _, err := io.ReadFull(f.r, head[1:]); err != nil {
		return m, io.ErrUnexpectedEOF
	}
	slot, size := binary.BigEndian.Uint32(head[1:]), binary.BigEndian.Uint32(head[5:])
	header := binary.BigEndian.Uint32(head[17:])
	if head[0] != messageFrame || header > maxHeader {
		return m, fmt.Errorf("the worker sent a message %q with a header of %d bytes", head[0], header)
	}
	m = Message{Header: make([]byte, header), Rows: int64(binary.BigEndian.Uint64(head[9:])), Free: func() {}}
	if _, err := io.ReadFull(f.r, m.Header); err != nil {
		return m, io.ErrUnexpectedEOF
	}
	if slot == inline {
		m.Body, err = readAll(f.r, int64(size))
		return m, err
	}
	if m.Body = shared.slot(slot, size); m.Body == nil {
		return m, fmt.Errorf("the worker sent a message of %d bytes in slot %d", size, slot)
	}
	m.Free = sync.OnceFunc(func() {
		giveBack(slot)
		runtime.KeepAlive(shared) // until now: the body alone does not keep it mapped
	})
	return m, nil
}

// readAll reads n bytes, without believing beforehand that there are so many.
func readAll(r io.Reader, n int64) ([]byte, error) {
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, n); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return b.Bytes(), nil
}

// messageWriter sends the messages of an IPC writer as message frames; the worker's
// end of an Encoded.
type messageWriter struct {
	w           *bufio.Writer
	shared      *borrowed
	left, limit int64 // bytes
	rows        int64 // up to the end of the batch that is written
}

// Start does nothing: the first payload is the schema.
func (m *messageWriter) Start() error { return nil }

// Close does nothing: the status ends the messages.
func (m *messageWriter) Close() error { return nil }

// WritePayload sends one message.
func (m *messageWriter) WritePayload(p ipc.Payload) error {
	meta := p.Meta()
	defer meta.Release()
	var size counted
	if err := p.SerializeBody(&size); err != nil {
		return err
	}
	if m.left -= int64(size) + int64(meta.Len()); m.left < 0 {
		return &LimitError{What: "bytes", Limit: m.limit}
	}
	slot := uint32(inline)
	if size > minShared && size <= slotBytes {
		slot = <-m.shared.free
		at := int(slot) * slotBytes
		if err := p.SerializeBody(bytes.NewBuffer(m.shared.data[at : at : at+int(size)])); err != nil {
			return err
		}
	}
	if size >= inline {
		return &LimitError{What: "bytes", Limit: inline - 1}
	}
	head := []byte{messageFrame}
	head = binary.BigEndian.AppendUint32(head, slot)
	head = binary.BigEndian.AppendUint32(head, uint32(size))
	head = binary.BigEndian.AppendUint64(head, uint64(m.rows))
	head = binary.BigEndian.AppendUint32(head, uint32(meta.Len()))
	if _, err := m.w.Write(head); err != nil {
		return err
	}
	if _, err := m.w.Write(meta.Bytes()); err != nil {
		return err
	}
	if slot == inline {
		return p.SerializeBody(m.w)
	}
	return nil
}

// minShared is the size up to which a body goes through the pipe.
const minShared = 16 << 10

// counted counts bytes.
type counted int64

// Write never fails.
func (c *counted) Write(p []byte) (int, error) {
	*c += counted(len(p))
	return len(p), nil
}
