package rest

import (
	"bytes"
	"io"
)

// absorb reads everything into an empty buffer. bytes.Buffer would double its space whenever that is full, which
// takes four times the size of a long answer in all. Pieces, and in the end one space for them, take two and a half.
func absorb(b *bytes.Buffer, from io.Reader) error {
	if b.Available() == 0 {
		b.Grow(bytes.MinRead)
	}
	var full [][]byte
	piece, size := b.AvailableBuffer(), 0
	for {
		n, err := from.Read(piece[len(piece):cap(piece)])
		piece, size = piece[:len(piece)+n], size+n
		switch {
		case err != nil:
			switch full = append(full, piece); {
			case len(full) == 1:
				b.Write(piece)
			case size > maxPooled:
				*b = *bytes.NewBuffer(bytes.Join(full, nil)) // no next one: it is not pooled
			default:
				*b = *bytes.NewBuffer(make([]byte, 0, size+size/4)) // the next answer may be a little longer
				for _, part := range full {
					b.Write(part)
				}
			}
			if err == io.EOF {
				return nil
			}
			return err
		case len(piece) == cap(piece):
			full, piece = append(full, piece), make([]byte, 0, max(bytes.MinRead, size/4))
		}
	}
}
