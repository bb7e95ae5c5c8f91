/// An RSA key pair with its certificate, and a key that belongs to no certificate. Made for these tests, used nowhere.
enum TestKeys {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIDEzCCAfugAwIBAgIUHXbL0uMfOfRvMITrDcqMGUjmVVkwDQYJKoZIhvcNAQEL
        BQAwGDEWMBQGA1UEAwwNZW11bGF0b3IgdGVzdDAgFw0yNjExMjEwMTIxNThaGA8y
        MTAwMTAyNDAxMjE1OFowGDEWMBQGA1UEAwwNZW11bGF0b3IgdGVzdDCCASIwDQYJ
        KoZIhvcNAQEBBQADggEPADCCAQoCggEBALihWFzafrSGesnqeYENnk7N8GLIh5/q
        hNOwVuHlCnSCPgtOmUJmyLocxsh1kC/F2rk6gAg18ct1dWfBdeIOWu7TuFQhshTE
        oMqSefMkRurs0ozFVo0ipObMZuBFxCWfCbWNP2Dh7BlNZre03P5y14O16jMAWH+X
        kuIBoPx/s4zfkpJgYAfNzxkcZ+agpkg0qdba1pjKI18JlUSdaVJ+Bd4J5jzmmhEO
        gPEPkmLbCRGCwyoTDC4I5q+7sHg5C4uez9K3pD4qm69++USg5PTKD8KlbRyPWCv1
        odXkpJ6LvD7V/7JUGKbuZDCQTFSuwtuygQ3Ary9svKI0U2WG6AOTk20CAwEAAaNT
        MFEwHQYDVR0OBBYEFKiKIqJwq+Nb5DEkaDQoX4Y1GqKJMB8GA1UdIwQYMBaAFKiK
        IqJwq+Nb5DEkaDQoX4Y1GqKJMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL
        BQADggEBAAp5VpAsBp6hLopSL0LA/zZDPWLAtAExrwY38Rq0v3jCrxHalHf832en
        NjeHOD/JeWTZcv8DXs2ZJnwArBYIFjepO7UUADbYdkOS3CoEIdi1Fiw/o8sSD1HW
        L34QK/iVffXPh6WgwnhqtD99fYfavZVY5VwvkKn8qZZhs9JAKEAw9oCyo6Qct3IV
        OLKkUJ1Rmzk38dO02XJHMMbEUjbZIRZ34bgUO5fukL6SAI8K6pTMex40sc9UEcGX
        Gv4y8w+z/DLcyS+VU2eursCPqErGjGq/CPbpgWtXrKifjTOY8kt4qhpS7ElERMCu
        N5zEHuwQVB/tSQjxVTQCu6bwZ09yISI=
        -----END CERTIFICATE-----

        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC4oVhc2n60hnrJ
        6nmBDZ5OzfBiyIef6oTTsFbh5Qp0gj4LTplCZsi6HMbIdZAvxdq5OoAINfHLdXVn
        wXXiDlru07hUIbIUxKDKknnzJEbq7NKMxVaNIqTmzGbgRcQlnwm1jT9g4ewZTWa3
        tNz+cteDteozAFh/l5LiAaD8f7OM35KSYGAHzc8ZHGfmoKZINKnW2taYyiNfCZVE
        nWlSfgXeCeY85poRDoDxD5Ji2wkRgsMqEwwuCOavu7B4OQuLns/St6Q+KpuvfvlE
        oOT0yg/CpW0cj1gr9aHV5KSei7w+1f+yVBim7mQwkExUrsLbsoENwK8vbLyiNFNl
        hugDk5NtAgMBAAECggEAVGZ1ZWUAfPfo07rbNnKKRs3/sLiovyLO+5Jl9Tfl0qLj
        R/nzN5aS9flHqcWMVzpkJT6n3pkCYpbcR8T5ZZBYY0rnvZX1uWa1dkUFeG/B94yx
        J2bijPwkU9lmwelCpEwSfSsHqPs+Gcb3SM1mJO9Ms8oKOKxUyGb631QNSr/5zVBx
        4YLbcGm2d3I4hKfuFH1B0moVyWXQIekXCB1R8PZMXZpO9NMuTVoeAH6Mhy6GO9DJ
        5/wNAY5EkTsxRTPBzLtOhjG1fBwzXjyGAfkkipYGsJOuRYVjdjkI2TRsHY5ZvrbP
        w9wujoGizU5a4eoE656s1AUI9cJhAGFVvVU1TCw2xQKBgQD7tWExRoG30jsK50uY
        6GdREkGGrokXxm1gyteGk9X8A2RQ2uP3eSyR6EMA+OtG2bQSTO5NEPifoqXG7g11
        YWV+uDRCsoQMY0kROLGXpAp+dCUfTOxwMyCXLc77NGwhNbTcnwB2ySIx9/Art+Oj
        ExLNHtV1hjcJbNx+AFw2QuEcrwKBgQC7xzEyb4daAxY9d6RlGi7cGVuOPy2GIktG
        kn/OvzxEGQUGyoXtmvsWU+Egi4j7+IgI2GAz6yzrW99mO9RQ/SgWf2KUWN7Mhws9
        NeO16J9b7enr7R6al3mBwUGDFPFbgME9pQ3DxGIU4vxt0ql73iklQoQPvawTfLDq
        D1Lz+1qwowKBgQDGw6xEZRD6P6EwMwWXca5kbq4f1KOdiqvEy2j2dLd9kpAc6T0r
        pxxy+54tnmLsR+3Spb1oTgaGyMFwHXuzPX4QWxWptZ5gyeZhGwviWz+OK9lEplHv
        J/CMcTgJVpQshWSU81pCcwH1w3x8iXHQzLcEE10suRes8bIMLeyjTJzHMQKBgCIa
        FMcyFgS01s8m8UYjMStrt4Ln2l6nz7/rTya++DTtzknjcdsq8Dqn1RTSAniwNBRX
        J3GGXkwIDVRFvVNQBn2/eKm0UhIW3GWracVZj8dkN71O/OXaaIi2Di2+Ge8iPPXz
        CcLp4V4lsu5G+dyzBgnsQIuTSLLpTD/VtJz2owu9AoGAQ6xRJodlJ2Zh2W/lKc5E
        N2dORIpYz6VsOYs5jm/JaWm+vyFXc/zbyd8o3pNEcW/BZeaEgeTLtVG7gLdSADYm
        6qE3GTrDWWBgqBJl+Xfmi/vpesvXscpiTc3rqCeD/nYBYM9JZLXIQ3fXtPu+SZyO
        m+9osyrPQs41HaMo8TCLul4=
        -----END PRIVATE KEY-----

        """

    static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC1jJdVvU38tDgg
        6kE7tFiJJToLiVOXKWvVU2jcZkxFxPAjbOMO8k3hbEkQAPqN2Q+V2GfiVqxLNTpY
        lENCYVGXIxjAtuHluLGAsiqFDr9w025zZ/lNdMcBJmjcs31F66rd0OHQBf+jQO/J
        iI2dFHF5XB0BLZLHSqgrd0Sgss7xZIc3ZUzDt9MdFxwN/kFo/Y3Y/RSSQXq/WAF5
        1z4FFWsZoI47XenkGAKClIu8r+yeUt3Y3lFR8NfZpl8jJdRX5PqGWrAoPocc3Nkg
        v400WIPgIciOznhI0Sw7LmMtJCW1PplCU0JmysD1lbcS0EpDmgPFCp5Xaxjev+0R
        hIPXBd1XAgMBAAECggEAMs2+dbBNWBeIk3FqQs5jbjF8LklGGoltUxuNvwtjcay8
        NHWejoqwz5GxWmijtLkWuux9maF+gmdJRgtrTPKV1fDs1tT2nwXRqj1xV526ZdTM
        1j+0zH+OxtwcQRJ7Tms1+++dmUxsbp9X2rI7SsczP+5OcYtyxRE3wT4VdtDCx1rN
        GOt8Ptmo84X4c0xRPO5SnTJoUHg4jF686a02m8aieE+yYZj7daCuiusmye8JVqvf
        F6bzosScxROt8snzdD/hoUvheHPBcswTgn754ThxZBTpA6vQSYVii62oiTeph2lo
        3bZRlkmHZPuSdzSZIy3BbOICzs8hkdMG7sDPSd9NvQKBgQDgXzAh0EWcG87XNxVh
        2WEqMtPQ9ucl89EujR5itLymNAkT6s7zSp6I6I383oYFxQG26iyTnB5lN932ep51
        KA07SBG3w4j4TEM/9f4iMNqCiUzwe9Mhlqn2O2EGO4QQpaEDp1gr8XnWschbDK65
        mSh9A5MNpPy665Vt9pPbcucZ9QKBgQDPJBSSQ2zbfp7nytv+42tmVDNybUYeUak+
        IzWFH+C/KRSzZUoVA7bLVHHPB2acxBGNLKEnYFkWlYVHqOoAl2Dm/SjRsc7qaaU+
        JZAhd90Hd4FOL8R80fE3gYNHrBJ3Iq8wkaH6Bb2alkk5j/tTp4VDTBZTF3sSQhTe
        2kkthZ7OmwKBgEnnsMACjVs9YaVMNJPVeYbf1RtoqHy80fNGcnLK27TXQQI5fs9u
        jcfE6jgXyAeQe98XRXWdn/lxLICqpRUsCyeytntUQgKfhCtGSN5UPzVuKlSwRLw0
        l2lO58eYxQiCtgWxEn7u/FX2m2s6QzdJNqfvDHobFVAwlzjwVoWbVHodAoGAbpn0
        RfisejKMxHVDrEBgCz5wTevc4bl2pZAFNrTDuy5DOFqgCMJ36u+G6SUpfBEQ0hF/
        ZtgCGZXymUWu1Gv/uLZ6AiVvtyh7q8hAwi4PHbqIl2fYAVHT+3Ay2aUeIvCpHETW
        ePpxt8YBCTRA3PT4qetJjEpgU2pnXGqvYhgTqHsCgYAnbSyNGNP6VGSu1Kp0ns9Z
        GnBH7jXsbKBYM6rfdW5Gq2GHWBDm3zEtcrmFLlvQ9Bc7pUnhllUOrTclE2zdtX8G
        LmQlbYEdJ+unebpk0l2rj4pdr21siq60S9dJwPxpqzQeJTrrE937xL2tayVjk7Oo
        Ny2L5UlLPOkilc6KUoLxNw==
        -----END PRIVATE KEY-----

        """
}
