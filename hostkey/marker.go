package hostkey

import "github.com/provkit/provkit/provider"

// ReferenceTag is the name of the tag that contains a server's reference, signed for the server's ID.
// It identifies the server even after its host name was changed.
const ReferenceTag = "provkit-reference"

// referenceTags returns the values of a server's tags ReferenceTag. There should be one.
func referenceTags(s *Server) (values []string) {
	for i := range s.Tags {
		if s.Tags[i].Name == ReferenceTag {
			values = append(values, s.Tags[i].Value)
		}
	}
	return values
}

// reference returns whose a server is, as far as its tag proves that.
func (c *Client) reference(s *Server) (string, provider.Marker) {
	return c.rest.Markers().Prove(idText(s.ID), referenceTags(s)...)
}

// signed returns the value of a server's tag.
func (c *Client) signed(reference string, id int64) string {
	return c.rest.Markers().Sign(reference, idText(id))
}
