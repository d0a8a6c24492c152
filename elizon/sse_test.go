package elizon_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
)

func TestEventStream(t *testing.T) {
	for text, want := range map[string][][3]string{
		"":                                      nil,
		"data: a\n\n":                           {{"message", "", "a"}},
		"\xef\xbb\xbfdata: a\n\n":               {{"message", "", "a"}},
		"data:a\r\n\r\ndata: b\r\rdata:  c\n\n": {{"message", "", "a"}, {"message", "", "b"}, {"message", "", " c"}},
		"data\n\n":                              {{"message", "", ""}},
		"data: a\ndata: b\ndata:\n\n":           {{"message", "", "a\nb\n"}},
		"event: x\n\ndata: a\n\n":               {{"message", "", "a"}},
		"event: x\nid: 1\ndata: a\n\ndata: b\n\n":       {{"x", "1", "a"}, {"message", "1", "b"}},
		"id: 1\nid: a\x00b\ndata: a\n\n":                {{"message", "1", "a"}},
		": comment\nretry: 10\nother: x\ndata: a:b\n\n": {{"message", "", "a:b"}},
		"data: a\n":                              nil,
		"data: a\n\ndata":                        {{"message", "", "a"}},
		"event: x\r\ndata: a\r\ndata: b\r\n\r\n": {{"x", "", "a\nb"}},
		"data: \r\n\r\n":                         {{"message", "", ""}},
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(text), "by byte": iotest.OneByteReader(strings.NewReader(text))} {
			got, err := elizon.ReadEvents(r)
			require.ErrorIs(t, err, io.EOF)
			require.Equal(t, want, got, "%q, %s", text, name)
		}
	}
}

// An event ends with its empty line: the reader does not wait for what may follow a CR.
func TestEventsAreNotHeldBack(t *testing.T) {
	for _, text := range []string{"data: a\n\n", "data: a\r\r", "data: a\r\n\r\n"} {
		stop := io.ErrNoProgress
		got, err := elizon.ReadEvents(io.MultiReader(strings.NewReader(text), iotest.ErrReader(stop)))
		require.ErrorIs(t, err, stop)
		require.Equal(t, [][3]string{{"message", "", "a"}}, got, "%q", text)
	}
}

// No stream causes a panic; events stay within the limit, do not depend on how the stream is split,
// and survive being written and read again.
func FuzzEventStream(f *testing.F) {
	for _, text := range []string{"data: a\n\n", "event: x\r\nid: 1\r\ndata: a\r\n\r\n", "\xef\xbb\xbfdata\n\n:\n\n", "data: a\r\rdata: b\n\n", "id: \x00\ndata:\n\n", "\r\n\r\n\n\r"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		events, err := elizon.ReadEvents(strings.NewReader(text))
		require.Error(t, err)
		slow, slowErr := elizon.ReadEvents(iotest.OneByteReader(strings.NewReader(text)))
		require.Equal(t, events, slow)
		require.Equal(t, err, slowErr)
		var again strings.Builder
		for _, e := range events {
			require.LessOrEqual(t, len(e[2]), elizon.MaxEvent)
			require.NotContains(t, e[2], "\r")
			again.WriteString("event: " + e[0] + "\nid: " + e[1] + "\ndata: " + strings.ReplaceAll(e[2], "\n", "\ndata: ") + "\n\n")
		}
		same, _ := elizon.ReadEvents(strings.NewReader(again.String()))
		require.Equal(t, events, same)
	})
}
